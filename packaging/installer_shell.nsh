; What the installer tells Windows about the program, and how the uninstaller takes it back.
; Included by installer.nsi; UTF-8 with a BOM.

; File types that we read. We are offered under 打开方式; the default program stays what it is.
!macro FOR_EACH_TYPE MACRO
  !insertmacro ${MACRO} ".xlsx"
  !insertmacro ${MACRO} ".xlsm"
  !insertmacro ${MACRO} ".xls"
  !insertmacro ${MACRO} ".xlsb"
  !insertmacro ${MACRO} ".ods"
  !insertmacro ${MACRO} ".et"
!macroend

!macro OFFER TYPE
  WriteRegStr HKCU "Software\Classes\Applications\${WINDOWED}\SupportedTypes" "${TYPE}" ""
  WriteRegStr HKCU "Software\Classes\${TYPE}\OpenWithProgids" "${DOCUMENT_CLASS}" ""
!macroend

!macro WITHDRAW TYPE
  DeleteRegValue HKCU "Software\Classes\${TYPE}\OpenWithProgids" "${DOCUMENT_CLASS}"
  DeleteRegKey /ifempty HKCU "Software\Classes\${TYPE}\OpenWithProgids"
  DeleteRegKey /ifempty HKCU "Software\Classes\${TYPE}"
!macroend

!define SHCNE_ASSOCCHANGED 0x08000000

Function WriteOpenWith
  WriteRegStr HKCU "Software\Classes\Applications\${WINDOWED}" "FriendlyAppName" "${NAME}"
  WriteRegStr HKCU "Software\Classes\Applications\${WINDOWED}\shell\open\command" "" '"$INSTDIR\${WINDOWED}" "%1"'
  WriteRegStr HKCU "Software\Classes\${DOCUMENT_CLASS}" "" "决算公开表"
  WriteRegStr HKCU "Software\Classes\${DOCUMENT_CLASS}\Application" "ApplicationName" "${NAME}"
  WriteRegStr HKCU "Software\Classes\${DOCUMENT_CLASS}\DefaultIcon" "" '"$INSTDIR\${WINDOWED}",0'
  WriteRegStr HKCU "Software\Classes\${DOCUMENT_CLASS}\shell\open\command" "" '"$INSTDIR\${WINDOWED}" "%1"'
  !insertmacro FOR_EACH_TYPE OFFER
  System::Call 'shell32::SHChangeNotify(i ${SHCNE_ASSOCCHANGED}, i 0, p 0, p 0)'
FunctionEnd

Function un.RemoveOpenWith
  !insertmacro FOR_EACH_TYPE WITHDRAW
  DeleteRegKey HKCU "Software\Classes\${DOCUMENT_CLASS}"
  DeleteRegKey HKCU "Software\Classes\Applications\${WINDOWED}"
  System::Call 'shell32::SHChangeNotify(i ${SHCNE_ASSOCCHANGED}, i 0, p 0, p 0)'
FunctionEnd

Function WriteStartMenu
  CreateDirectory "$SMPROGRAMS\${NAME}"
  SetOutPath "$PROFILE" ; where the programs start
  CreateShortcut "$SMPROGRAMS\${NAME}\${NAME}.lnk" "$INSTDIR\${WINDOWED}"
  CreateShortcut "$SMPROGRAMS\${NAME}\命令行（juesuan）.lnk" "$SYSDIR\cmd.exe" \
    '/k "set "PATH=$INSTDIR;%PATH%" && juesuan --help"' "$INSTDIR\${CONSOLE}"
  SetOutPath "$INSTDIR"
  ; Win+R 决算公开助手, Win+R juesuan
  WriteRegStr HKCU "${APP_PATHS}\${WINDOWED}" "" "$INSTDIR\${WINDOWED}"
  WriteRegStr HKCU "${APP_PATHS}\${CONSOLE}" "" "$INSTDIR\${CONSOLE}"
FunctionEnd

Function un.RemoveStartMenu
  Delete "$SMPROGRAMS\${NAME}\${NAME}.lnk"
  Delete "$SMPROGRAMS\${NAME}\命令行（juesuan）.lnk"
  RMDir "$SMPROGRAMS\${NAME}"
  DeleteRegKey HKCU "${APP_PATHS}\${WINDOWED}"
  DeleteRegKey HKCU "${APP_PATHS}\${CONSOLE}"
FunctionEnd

; The entry under 设置 → 应用.
Function WriteUninstallEntry
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\${WINDOWED}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "${PUBLISHER}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" $0
FunctionEnd

; Settings and logs, but not the user's own template packs, and not edits that a crash left unsaved.
Function un.RemoveSettings
  RMDir /r "$LOCALAPPDATA\${ID}\Logs"
  RMDir /r "$LOCALAPPDATA\${ID}\Cache"
  Delete "$LOCALAPPDATA\${ID}\*.*"
  RMDir "$LOCALAPPDATA\${ID}\templates" ; this one and the next only when empty
  RMDir "$LOCALAPPDATA\${ID}\recovery"
  RMDir "$LOCALAPPDATA\${ID}"
FunctionEnd
