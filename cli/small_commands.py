"""The small commands: ``publish``, ``new``, ``demo`` and ``gui``; each loads what it needs itself."""

from __future__ import annotations

from argparse import Namespace

from workbook.errors import JuesuanError


def publish(arguments: Namespace) -> int:
    """Everything to publish in one folder; 0 done, 1 when something is missing."""
    from cli.inputs import read_inputs
    from docgen.job.form_words import form_words
    from docgen.publish.package import publish

    inputs = read_inputs(arguments)
    package = publish(inputs, arguments.output, approved=arguments.approved, say=print)
    if not package.is_done:
        print("\n".join(("还不能公开，没有写出文件。请先处理：", *(f"  ✗ {words}" for words in package.missing))))
        return 1
    print(f"公开文件已写入 {package.folder}\n{form_words(inputs.accounts)}")
    print("\n".join((*(f"  {name}" for name in package.files), *package.remarks, "“（内部）”开头的审批单不公开。")))
    return 0


def new(arguments: Namespace) -> int:
    """The blank workbook and the 底稿 of a year: writes both files and says where they are."""
    from docgen.job.inputs import accounts_in, chosen_pack
    from docgen.job.new_year import new_year
    from workbook.formats.source import open_source

    last = arguments.last_workbook
    pack = chosen_pack(arguments.pack) if arguments.pack or last is None else accounts_in(open_source(last)).pack
    made = new_year(
        arguments.directory, arguments.unit.strip(), arguments.year, pack, last_workbook=last, last_companion=arguments.last_companion)
    print(f"公开表：{made.workbook}\n底稿：{made.companion}")
    for remark in made.remarks:
        print(f"  {remark.severity} {remark.message}")
    print("下一步：填写公开表和底稿，再运行 juesuan check 校验。")
    return 0


def demo(arguments: Namespace) -> int:
    """The sample unit, the whole job: check it, write its report (linked and clean), review that; prints where everything is."""
    from cli.main import main
    from docgen.job.samples import copy_sample
    from workbook.pack.loading import DEFAULT_PACK

    folder = arguments.output
    workbook = copy_sample(folder, arguments.pack or DEFAULT_PACK)
    output = folder / f"{workbook.stem.removesuffix('公开表')}公开报告.docx"
    clean, figures = output.with_name(f"{output.stem}（公开版）.docx"), folder / "报告数字及来源.json"
    codes = []
    for title, *command in (
        (f"示例单位：{workbook.stem}\n\n一、校验", "check", workbook), ("\n二、生成报告", "report", workbook, "-o", output, "--figures", figures),
        ("", "report", workbook, "-o", clean, "--clean"), ("\n三、审校报告", "review", clean, workbook)):
        if title:
            print(title)
        codes.append(main([str(part) for part in command]))
    print(f"\n报告：{output.resolve()}\n公开版：{clean.resolve()}\n数字及来源：{figures.resolve()}\n工作簿和底稿：{folder.resolve()}")
    return max(codes)


def gui(arguments: Namespace) -> int:
    """Open the window (also ``juesuan`` alone), with the workbook when one is named."""
    try:
        from gui.frame.app import run_window, smoke
    except ImportError as error:
        raise JuesuanError("无法打开窗口：缺少图形界面组件，请重新安装程序，或使用命令行（juesuan --help）") from error
    workbook, folder = getattr(arguments, "workbook", None), getattr(arguments, "smoke", None)
    return smoke(workbook, folder) if folder else run_window(workbook)
