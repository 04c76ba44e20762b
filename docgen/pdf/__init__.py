"""The office suites of this computer, as makers of PDF files: Word, WPS, LibreOffice.

LibreOffice is a command.  Word and WPS are asked through the automation interface that both have (COM), and only from
a process of our own (:mod:`docgen.pdf.automation`), which can be ended when the suite does not answer.
"""
