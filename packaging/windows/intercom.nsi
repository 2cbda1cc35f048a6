; The installer for Windows, made of a bundle by NSIS: see `build` beside this file.
;
;   makensis -DVERSION=0.1.0 -DNUMBERS=0.1.0.0 -DBUNDLE=folder -DICON=file.ico -DOUT=file.exe intercom.nsi
;
; It installs for everybody, because the rule for the firewall needs an administrator anyway. What a home keeps lies in
; %LOCALAPPDATA%\intercom of whoever runs it. Silent: /S, and /D=folder as the last word; a silent removal keeps the data.
; Without /D, or where that names the usual folder, an upgrade goes to where the program is.

Unicode true
SetCompressor /SOLID lzma
ManifestDPIAware true
RequestExecutionLevel admin

!ifndef VERSION | NUMBERS | BUNDLE | ICON | OUT
  !error "expected -DVERSION, -DNUMBERS, -DBUNDLE, -DICON and -DOUT"
!endif

!include MUI2.nsh
!include LogicLib.nsh
!include x64.nsh
!include FileFunc.nsh

!define NAME "Intercom"
!define PROGRAM "intercom.exe"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\intercom"
!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define RULE "Intercom"

Name "${NAME} ${VERSION}"
OutFile "${OUT}"
!define USUAL_FOLDER "$PROGRAMFILES64\Intercom"
InstallDir "${USUAL_FOLDER}"
BrandingText "${NAME} ${VERSION}"

VIProductVersion "${NUMBERS}"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "FileDescription" "${NAME}: installer"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "Apache-2.0"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_FUNCTION StartAsUser
!define MUI_COMPONENTSPAGE_SMALLDESC

!insertmacro MUI_PAGE_LICENSE "${BUNDLE}\licences\intercom\LICENSE"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES

!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "Korean"

LangString SectionProgram ${LANG_ENGLISH} "Intercom"
LangString SectionProgram ${LANG_KOREAN} "인터컴"
LangString SectionLogin ${LANG_ENGLISH} "Start at login"
LangString SectionLogin ${LANG_KOREAN} "로그인할 때 시작"
LangString SectionFirewall ${LANG_ENGLISH} "Let phones and devices of the home in"
LangString SectionFirewall ${LANG_KOREAN} "집 안의 휴대전화와 기기의 접속 허용"
LangString AboutProgram ${LANG_ENGLISH} "The program, and its entry in the start menu."
LangString AboutProgram ${LANG_KOREAN} "프로그램과 시작 메뉴 항목입니다."
LangString AboutLogin ${LANG_ENGLISH} "The panel opens as soon as somebody logs in."
LangString AboutLogin ${LANG_KOREAN} "누군가 로그인하면 바로 패널이 열립니다."
LangString AboutFirewall ${LANG_ENGLISH} "A rule of the Windows firewall for this program, in private networks only."
LangString AboutFirewall ${LANG_KOREAN} "이 프로그램을 위한 Windows 방화벽 규칙이며, 개인 네트워크에만 적용됩니다."
LangString Not64 ${LANG_ENGLISH} "A Windows of 64 bits is needed."
LangString Not64 ${LANG_KOREAN} "64비트 Windows가 필요합니다."
LangString StillRuns ${LANG_ENGLISH} "The intercom is running. Close it, then try again."
LangString StillRuns ${LANG_KOREAN} "인터컴이 실행 중입니다. 닫은 다음 다시 시도하세요."
LangString AskData ${LANG_ENGLISH} "Remove the home as well: its clients, names, history and keys? This cannot be undone.$\n$\nChoose No to keep it for later."
LangString AskData ${LANG_KOREAN} "집의 데이터(연결된 기기, 이름, 기록, 열쇠)도 지울까요? 되돌릴 수 없습니다.$\n$\n나중을 위해 남겨 두려면 '아니요'를 선택하세요."

!macro WAIT_UNTIL_CLOSED
  ; A program that runs cannot be written to.
  ${DoWhile} ${FileExists} "$INSTDIR\${PROGRAM}"
    ClearErrors
    FileOpen $0 "$INSTDIR\${PROGRAM}" a
    ${IfNot} ${Errors}
      FileClose $0
      ${ExitDo}
    ${EndIf}
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(StillRuns)" /SD IDCANCEL IDRETRY +2
    Abort
  ${Loop}
!macroend

!macro REMOVE_PROGRAM
  ; Only what was installed: somebody may have chosen a folder with other things in it.
  Delete "$INSTDIR\${PROGRAM}"
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
!macroend

Function .onInit
  ${IfNot} ${RunningX64}
    MessageBox MB_OK|MB_ICONSTOP "$(Not64)" /SD IDOK
    Abort
  ${EndIf}
  SetRegView 64
  ; InstallDirRegKey would look among the programs of 32 bits. /D has been heard already.
  ReadRegStr $0 HKLM "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $0 != ""
  ${AndIf} $INSTDIR == "${USUAL_FOLDER}"
    StrCpy $INSTDIR $0
  ${EndIf}
FunctionEnd

Function un.onInit
  SetRegView 64
FunctionEnd

Function StartAsUser
  ; By way of the desktop, which has not the rights of the installer.
  Exec '"$WINDIR\explorer.exe" "$INSTDIR\${PROGRAM}"'
FunctionEnd

Section "$(SectionProgram)" PROGRAM_SECTION
  SectionIn RO
  SetShellVarContext all
  !insertmacro WAIT_UNTIL_CLOSED
  !insertmacro REMOVE_PROGRAM
  SetOutPath "$INSTDIR"
  File /r "${BUNDLE}\*.*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortCut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${PROGRAM}"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\${PROGRAM}"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" "EstimatedSize" "$0"
  ; What is not chosen this time goes, should it have been chosen before.
  DeleteRegValue HKLM "${RUN_KEY}" "Intercom"
  nsExec::Exec 'netsh advfirewall firewall delete rule name="${RULE}"'
  Pop $0
SectionEnd

Section /o "$(SectionLogin)" LOGIN_SECTION
  WriteRegStr HKLM "${RUN_KEY}" "Intercom" '"$INSTDIR\${PROGRAM}"'
SectionEnd

Section "$(SectionFirewall)" FIREWALL_SECTION
  nsExec::Exec 'netsh advfirewall firewall add rule name="${RULE}" dir=in action=allow profile=private program="$INSTDIR\${PROGRAM}" enable=yes'
  Pop $0
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${PROGRAM_SECTION} "$(AboutProgram)"
  !insertmacro MUI_DESCRIPTION_TEXT ${LOGIN_SECTION} "$(AboutLogin)"
  !insertmacro MUI_DESCRIPTION_TEXT ${FIREWALL_SECTION} "$(AboutFirewall)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

Section "Uninstall"
  SetShellVarContext all
  !insertmacro WAIT_UNTIL_CLOSED
  nsExec::Exec 'netsh advfirewall firewall delete rule name="${RULE}"'
  Pop $0
  DeleteRegValue HKLM "${RUN_KEY}" "Intercom"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  !insertmacro REMOVE_PROGRAM
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKLM "${UNINSTALL_KEY}"
  SetShellVarContext current
  ${If} ${FileExists} "$LOCALAPPDATA\intercom\*.*"
    MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(AskData)" /SD IDNO IDNO keep
    RMDir /r "$LOCALAPPDATA\intercom"
    keep:
  ${EndIf}
SectionEnd
