"""``juesuan publish``: everything to publish in one folder, when nothing is missing."""

from __future__ import annotations

from argparse import Namespace

from cli.inputs import read_inputs
from docgen.job.form_words import form_words


def run(arguments: Namespace) -> int:
    """Write the folder; 0 done, 1 when something is missing."""
    from docgen.publish.package import publish

    inputs = read_inputs(arguments)
    package = publish(inputs, arguments.output, approved=arguments.approved, say=print)
    if not package.is_done:
        print("还不能公开，没有写出文件。请先处理：")
        print("\n".join(f"  ✗ {words}" for words in package.missing))
        return 1
    print(f"公开文件已写入 {package.folder}\n{form_words(inputs.accounts)}")
    print("\n".join(f"  {name}" for name in package.files))
    print("\n".join(package.remarks), end="\n" if package.remarks else "")
    print("“（内部）”开头的审批单不公开。")
    return 0
