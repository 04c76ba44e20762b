#!/bin/sh
# 为当前用户安装决算公开助手，不需要管理员权限：  sh install.sh        安装或升级
#                                                sh install.sh --remove 卸载（设置和文档保留）
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
program=$HOME/.local/opt/juesuan
menu=$data/applications/juesuan.desktop
command=$HOME/.local/bin/juesuan

remove() {
    rm -rf "$program" "$menu"
    if [ -L "$command" ]; then rm -f "$command"; fi
}

if [ "${1:-}" = --remove ]; then
    remove
    echo "已卸载。"
    exit 0
fi
if [ "$here" = "$program" ]; then
    echo "请在解压出来的文件夹里运行本脚本。" >&2
    exit 2
fi
mkdir -p "$(dirname "$program")" "$(dirname "$menu")" "$(dirname "$command")"
rm -rf "$program.new"
cp -a "$here" "$program.new" # the old version is touched only when the new one is there as a whole
remove
mv "$program.new" "$program"
sed "s|@FOLDER@|$program|g" "$program/juesuan.desktop" >"$menu"
if [ ! -e "$command" ]; then ln -s "$program/juesuan" "$command"; fi
if command -v update-desktop-database >/dev/null 2>&1; then
    update-desktop-database "$data/applications" || true
fi
echo "已安装到 $program，可以从应用程序菜单打开“决算公开助手”，命令行为 juesuan。"
