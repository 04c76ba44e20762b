; Installer of 决算公开助手 for Windows 10/11 (64-bit): per user, no elevation, no network, Simplified Chinese.
; Built by packaging/build_windows.py, which passes: VERSION (0.1.0), NUMBERS (0.1.0.65535), FILES (the built folder and "*"),
; OUTPUT (the installer), WIZARD (the picture of its first page) and, where the makensis at hand has 64-bit stubs, TARGET. This file is UTF-8 with a BOM.
;
; Silent: setup.exe /S [/NODESKTOP] [/D=C:\文件夹]   (/D last, without quotes)
; Exit codes: 0 done, 1 cancelled, 2 failed, 3 this Windows is not supported, 4 the program is running.
Unicode true
!ifdef TARGET
  Target ${TARGET}
!endif
SetCompressor /SOLID lzma
SetCompressorDictSize 64
ManifestDPIAware true
ManifestLongPathAware true
ManifestSupportedOS Win10
RequestExecutionLevel user
AllowSkipFiles off

!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "LogicLib.nsh"
!include "WinVer.nsh"
!include "x64.nsh"

!define ID "juesuan" ; identity: never change it
!define NAME "决算公开助手"
!define PUBLISHER "决算公开助手项目"
!define WINDOWED "${NAME}.exe"
!define CONSOLE "juesuan.exe"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${ID}"
!define APP_PATHS "Software\Microsoft\Windows\CurrentVersion\App Paths"
!define DOCUMENT_CLASS "${ID}.Workbook"
!define OLDEST_BUILD 17763 ; Windows 10 1809, the oldest that Qt 6.8 runs on

Name "${NAME}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${ID}"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
BrandingText "${NAME} ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow

!define MUI_ICON "juesuan.ico"
!define MUI_UNICON "juesuan.ico"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${WIZARD}"
!define MUI_ABORTWARNING
!define MUI_WELCOMEPAGE_TITLE "安装 ${NAME} ${VERSION}"
!define MUI_WELCOMEPAGE_TEXT "校验部门决算公开表，生成、刷新和审校决算公开报告。$\r$\n$\r$\n只为当前用户安装，不需要管理员权限，不连接网络。已安装的旧版本会被替换，设置、自己的模板包和所有文档都会保留。$\r$\n$\r$\n如果程序正在运行，请先关闭。"
!define MUI_FINISHPAGE_RUN "$INSTDIR\${WINDOWED}"
!define MUI_FINISHPAGE_RUN_TEXT "现在打开 ${NAME}"
!define MUI_COMPONENTSPAGE_SMALLDESC

!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_COMPONENTS
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE KeepToOwnFolder
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"

VIProductVersion "${NUMBERS}"
VIFileVersion "${NUMBERS}"
VIAddVersionKey /LANG=2052 "ProductName" "${NAME}"
VIAddVersionKey /LANG=2052 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "CompanyName" "${PUBLISHER}"
VIAddVersionKey /LANG=2052 "FileDescription" "${NAME} 安装程序"
VIAddVersionKey /LANG=2052 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "LegalCopyright" "MIT 许可证"

!include "installer_shell.nsh"

; ---------------------------------------------------------------- before anything is changed

!macro FAIL CODE TEXT
  MessageBox MB_OK|MB_ICONSTOP "${TEXT}" /SD IDOK
  SetErrorLevel ${CODE}
  Quit
!macroend

; Write access to a running program is refused: stop before anything is half replaced.
!macro REFUSE_WHEN_RUNNING
  Push $0
  again:
  !insertmacro GO_WHEN_LOCKED "${WINDOWED}" busy
  !insertmacro GO_WHEN_LOCKED "${CONSOLE}" busy
  Goto free
  busy:
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "${NAME} 正在运行。请保存并关闭它，然后点“重试”。" /SD IDCANCEL IDRETRY again
  SetErrorLevel 4
  Quit
  free:
  Pop $0
!macroend

!macro GO_WHEN_LOCKED FILE LABEL
  ${If} ${FileExists} "$INSTDIR\${FILE}"
    ClearErrors
    FileOpen $0 "$INSTDIR\${FILE}" a
    IfErrors ${LABEL} ; which also clears the flag
    FileClose $0
  ${EndIf}
!macroend

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
  ${OrIfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    !insertmacro FAIL 3 "${NAME} 需要 64 位的 Windows 10（1809 以后的版本）或 Windows 11，不能安装在这台电脑上。"
  ${EndIf}
  SetRegView 64
  SetShellVarContext current
  Call ChooseDesktopShortcut
FunctionEnd

Function un.onInit
  SetRegView 64
  SetShellVarContext current
  !insertmacro REFUSE_WHEN_RUNNING
FunctionEnd

; A folder that already holds something else is not ours to fill or, later, to clean: use a folder of our own in it.
Function KeepToOwnFolder
  ${If} ${FileExists} "$INSTDIR\*.*"
  ${AndIfNot} ${FileExists} "$INSTDIR\${WINDOWED}"
    ${DirState} "$INSTDIR" $0
    ${If} $0 = 1
      StrCpy $INSTDIR "$INSTDIR\${ID}"
    ${EndIf}
  ${EndIf}
FunctionEnd

; ---------------------------------------------------------------- install

Section "程序（必需）" SectionProgram
  SectionIn RO
  ${If} ${Silent}
    Call KeepToOwnFolder
  ${EndIf}
  !insertmacro REFUSE_WHEN_RUNNING
  ; The old version steps aside as a whole, or stays as a whole.
  RMDir /r "$INSTDIR\_internal.old"
  ${If} ${FileExists} "$INSTDIR\_internal\*.*"
    ClearErrors
    Rename "$INSTDIR\_internal" "$INSTDIR\_internal.old"
    ${If} ${Errors}
      !insertmacro FAIL 4 "无法替换旧版本：$INSTDIR 中的文件正被使用。请关闭 ${NAME} 和打开了该文件夹的程序后重试。"
    ${EndIf}
  ${EndIf}
  SetOutPath "$INSTDIR"
  ClearErrors
  File /r "${FILES}"
  ${If} ${Errors}
    RMDir /r "$INSTDIR\_internal"
    Rename "$INSTDIR\_internal.old" "$INSTDIR\_internal"
    !insertmacro FAIL 2 "没有装完：无法写入 $INSTDIR。请检查磁盘空间和文件夹权限后重试。"
  ${EndIf}
  RMDir /r "$INSTDIR\_internal.old"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  Call WriteStartMenu
  Call WriteUninstallEntry
SectionEnd

Section "桌面快捷方式" SectionDesktop
  CreateShortcut "$DESKTOP\${NAME}.lnk" "$INSTDIR\${WINDOWED}"
SectionEnd

Section "在工作簿的“打开方式”中列出" SectionOpenWith
  Call WriteOpenWith
SectionEnd

Function ChooseDesktopShortcut
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/NODESKTOP" $1
  ${IfNot} ${Errors}
    !insertmacro UnselectSection ${SectionDesktop}
  ${EndIf}
  ; An upgrade does not bring back a shortcut that was declined or thrown away.
  ReadRegStr $0 HKCU "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $0 != ""
  ${AndIfNot} ${FileExists} "$DESKTOP\${NAME}.lnk"
    !insertmacro UnselectSection ${SectionDesktop}
  ${EndIf}
FunctionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${SectionProgram} "窗口程序、命令行程序、示例和说明。"
  !insertmacro MUI_DESCRIPTION_TEXT ${SectionDesktop} "在桌面放一个图标。"
  !insertmacro MUI_DESCRIPTION_TEXT ${SectionOpenWith} "右键单击 .xlsx 等文件时可以选用本程序打开；不改变原来的默认程序。"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

; ---------------------------------------------------------------- uninstall

Section "un.程序"
  SectionIn RO
  Call un.RemoveOpenWith
  Call un.RemoveStartMenu
  Delete "$DESKTOP\${NAME}.lnk"
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\${WINDOWED}"
  Delete "$INSTDIR\${CONSOLE}"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR" ; only when empty: what people put there stays
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
SectionEnd

Section "un.设置和日志" SectionSettings
  Call un.RemoveSettings
SectionEnd

!insertmacro MUI_UNFUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${SectionSettings} "窗口布局、最近打开的文件、日志。工作簿、报告、底稿和自己的模板包总是保留。"
!insertmacro MUI_UNFUNCTION_DESCRIPTION_END
