; AP Bridge's setup program. Given by the build: VERSION (1.2.3), SOURCE (the folder to install), OUTPUT (the file to
; make), LICENCE, ICON, TARGET (the kind of setup program); QUICK, where it is only for trying; and SIGN, where the
; uninstaller is signed: the command that signs a file, whose name is put behind it. Switches: /S silent,
; /AllUsers for every user of the computer (as administrator), /Autostart, /D=FOLDER (last). The
; uninstaller: /S silent, /RemoveData. Exit codes: 0 done, 1 cancelled, 2 not possible here, 5 AP Bridge is at work.
Unicode true
Target ${TARGET}
!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WinVer.nsh
!include x64.nsh

!define NAME "AP Bridge"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"

Name "${NAME}"
OutFile "${OUTPUT}"
InstallDir ""
RequestExecutionLevel user
!ifdef QUICK ; larger, but made in seconds
SetCompressor zlib
!else
SetCompressor /SOLID lzma
SetCompressorDictSize 32
!endif
!ifdef SIGN
!uninstfinalize '${SIGN} "%1"' = 0
!endif
BrandingText "${NAME} ${VERSION}"
ManifestDPIAware true
VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=1033 "ProductName" "${NAME}"
VIAddVersionKey /LANG=1033 "FileDescription" "${NAME} setup"
VIAddVersionKey /LANG=1033 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "LegalCopyright" "MIT licence"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\${NAME}.exe"
!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "French"

LangString PROGRAM ${LANG_ENGLISH} "AP Bridge"
LangString PROGRAM ${LANG_FRENCH} "AP Bridge"
LangString AUTOSTART ${LANG_ENGLISH} "Start when I sign in to Windows"
LangString AUTOSTART ${LANG_FRENCH} "Démarrer à l’ouverture de ma session Windows"
LangString TOO_OLD ${LANG_ENGLISH} "AP Bridge needs Windows 10 or later, 64-bit."
LangString TOO_OLD ${LANG_FRENCH} "AP Bridge nécessite Windows 10 ou une version plus récente, 64 bits."
LangString NO_ADMINISTRATOR ${LANG_ENGLISH} "Only an administrator can install AP Bridge for all users. Start setup again with “Run as administrator”, or without /AllUsers."
LangString NO_ADMINISTRATOR ${LANG_FRENCH} "Seul un administrateur peut installer AP Bridge pour tous les utilisateurs. Relancez l’installation avec « Exécuter en tant qu’administrateur », ou sans /AllUsers."
LangString NO_ADMINISTRATOR_REMOVES ${LANG_ENGLISH} "AP Bridge is installed for all users, and only an administrator can remove it. Right-click uninstall.exe in $INSTDIR and choose “Run as administrator”. Nothing has been changed."
LangString NO_ADMINISTRATOR_REMOVES ${LANG_FRENCH} "AP Bridge est installé pour tous les utilisateurs, et seul un administrateur peut le supprimer. Cliquez avec le bouton droit sur uninstall.exe dans $INSTDIR et choisissez « Exécuter en tant qu’administrateur ». Rien n’a été modifié."
LangString SYNC_RUNS ${LANG_ENGLISH} "AP Bridge is at work: a sync is running, or its window is open on the demo. Wait until it is done and close AP Bridge, then choose Retry. Nothing has been changed."
LangString SYNC_RUNS ${LANG_FRENCH} "AP Bridge travaille : une synchronisation est en cours, ou sa fenêtre est ouverte sur la démonstration. Attendez la fin et fermez AP Bridge, puis choisissez Réessayer. Rien n’a été modifié."
LangString WINDOW_OPEN ${LANG_ENGLISH} "The window of AP Bridge is open. Close it (also in the notification area), then choose Retry. Nothing has been changed."
LangString WINDOW_OPEN ${LANG_FRENCH} "La fenêtre d’AP Bridge est ouverte. Fermez-la (aussi dans la zone de notification), puis choisissez Réessayer. Rien n’a été modifié."
LangString REMOVE_DATA ${LANG_ENGLISH} "Remove also what AP Bridge remembers: settings, passwords, and what was sent?$\r$\n$\r$\nChoose No if AP Bridge is to be installed again. Sage 100 and Quadient AP are not touched either way."
LangString REMOVE_DATA ${LANG_FRENCH} "Supprimer aussi ce dont AP Bridge se souvient : paramètres, mots de passe et ce qui a été envoyé ?$\r$\n$\r$\nChoisissez Non si AP Bridge doit être réinstallé. Sage 100 et Quadient AP ne sont pas touchés."

Var Everybody
Var Autostart

; Answers in $0 what is in use of the program in $INSTDIR: "" nothing, "sync", or "window". A program that runs cannot be
; opened for writing.
!macro DefineInUse prefix
Function ${prefix}InUse
  StrCpy $0 ""
  !insertmacro LookAt "$INSTDIR\${NAME}.exe" "window"
  !insertmacro LookAt "$INSTDIR\apbridge.exe" "sync"
  !insertmacro LookAt "$INSTDIR\engine32\apbridge32.exe" "sync"
FunctionEnd

Function ${prefix}WaitUntilIdle
  again:
  Call ${prefix}InUse
  ${If} $0 == "sync"
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(SYNC_RUNS)" /SD IDCANCEL IDRETRY again
    SetErrorLevel 5
    Quit
  ${ElseIf} $0 == "window"
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(WINDOW_OPEN)" /SD IDCANCEL IDRETRY again
    SetErrorLevel 5
    Quit
  ${EndIf}
FunctionEnd

Function ${prefix}ChooseScope
  ${If} $Everybody == "1"
    SetShellVarContext all
  ${Else}
    SetShellVarContext current
  ${EndIf}
FunctionEnd
!macroend

!macro LookAt file what
  ${If} ${FileExists} "${file}"
    ClearErrors
    FileOpen $1 "${file}" a
    ${If} ${Errors}
      StrCpy $0 "${what}"
    ${Else}
      FileClose $1
    ${EndIf}
  ${EndIf}
!macroend

!insertmacro DefineInUse ""
!insertmacro DefineInUse "un."

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONSTOP "$(TOO_OLD)" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  SetRegView 64
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/AllUsers" $R1
  ${IfNot} ${Errors}
    UserInfo::GetAccountType
    Pop $R1
    ${If} $R1 != "Admin"
      MessageBox MB_OK|MB_ICONSTOP "$(NO_ADMINISTRATOR)" /SD IDOK
      SetErrorLevel 2
      Quit
    ${EndIf}
    StrCpy $Everybody "1"
  ${EndIf}
  Call ChooseScope
  ClearErrors
  ${GetOptions} $R0 "/Autostart" $R1
  ${IfNot} ${Errors}
    StrCpy $Autostart "1"
  ${EndIf}
  ${If} $INSTDIR == ""
    ; An upgrade goes where the version before it is.
    ReadRegStr $INSTDIR SHCTX "${UNINSTALL}" "InstallLocation"
  ${EndIf}
  ${If} $INSTDIR == ""
    ${If} $Everybody == "1"
      StrCpy $INSTDIR "$PROGRAMFILES64\${NAME}"
    ${Else}
      StrCpy $INSTDIR "$LOCALAPPDATA\Programs\${NAME}"
    ${EndIf}
  ${EndIf}
  Call ShowAutostart
  Call WaitUntilIdle
FunctionEnd

Section "$(PROGRAM)" SectionProgram
  SectionIn RO
  Call WaitUntilIdle
  ; What an older version had and this one lacks must not stay; nothing of the user's is in these folders.
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\engine32"
  SetOutPath "$INSTDIR"
  File /r "${SOURCE}\*.*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${NAME}.exe"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayIcon" "$INSTDIR\${NAME}.exe"
  WriteRegStr SHCTX "${UNINSTALL}" "Publisher" "${NAME}"
  WriteRegStr SHCTX "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  ${If} $Everybody == "1"
    WriteRegStr SHCTX "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe" /AllUsers'
    WriteRegStr SHCTX "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /AllUsers /S'
  ${Else}
    WriteRegStr SHCTX "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr SHCTX "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  ${EndIf}
  WriteRegDWORD SHCTX "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD SHCTX "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD SHCTX "${UNINSTALL}" "EstimatedSize" "$0"
  DeleteRegValue SHCTX "${RUN}" "${NAME}"
SectionEnd

Section /o "$(AUTOSTART)" SectionAutostart
  WriteRegStr SHCTX "${RUN}" "${NAME}" '"$INSTDIR\${NAME}.exe"'
SectionEnd

; Below its section, whose number it needs.
Function ShowAutostart
  ReadRegStr $R2 SHCTX "${RUN}" "${NAME}"
  ${If} $R2 != ""
  ${OrIf} $Autostart == "1"
    !insertmacro SelectSection ${SectionAutostart}
  ${EndIf}
FunctionEnd

Function un.onInit
  SetRegView 64
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/AllUsers" $R1
  ${IfNot} ${Errors}
    StrCpy $Everybody "1"
  ${EndIf}
  ReadRegStr $R1 HKLM "${UNINSTALL}" "InstallLocation"
  ${If} $R1 == $INSTDIR
    StrCpy $Everybody "1"
  ${EndIf}
  ${If} $Everybody == "1"
    ; Else what may not be written would be taken for what is in use.
    UserInfo::GetAccountType
    Pop $R1
    ${If} $R1 != "Admin"
      MessageBox MB_OK|MB_ICONSTOP "$(NO_ADMINISTRATOR_REMOVES)" /SD IDOK
      SetErrorLevel 2
      Quit
    ${EndIf}
  ${EndIf}
  Call un.ChooseScope
  Call un.WaitUntilIdle
FunctionEnd

Section "Uninstall"
  Call un.WaitUntilIdle
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/RemoveData" $R1
  ${If} ${Errors}
    MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(REMOVE_DATA)" /SD IDNO IDYES forget
    ; The entry of Windows' Task Scheduler would start a program that is gone. Where AP Bridge never ran before, all
    ; that it keeps is made only by that.
    SetShellVarContext current
    StrCpy $2 ""
    ${If} ${FileExists} "$LOCALAPPDATA\${NAME}\*.*"
      StrCpy $2 "kept"
    ${EndIf}
    nsExec::Exec '"$INSTDIR\apbridge.exe" schedule remove'
    Pop $0
    ${If} $2 == ""
      RMDir /r "$LOCALAPPDATA\${NAME}"
    ${EndIf}
    Call un.ChooseScope
    Goto program
    forget:
  ${EndIf}
  nsExec::Exec '"$INSTDIR\apbridge.exe" forget --yes'
  Pop $0
  SetShellVarContext current
  RMDir /r "$LOCALAPPDATA\${NAME}"
  Call un.ChooseScope
  program:
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\engine32"
  Delete "$INSTDIR\${NAME}.exe"
  Delete "$INSTDIR\apbridge.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  DeleteRegKey SHCTX "${UNINSTALL}"
  DeleteRegValue SHCTX "${RUN}" "${NAME}"
SectionEnd
