@echo off
rem Runs Maven with the arguments given: the one on the PATH if it is 3.8.7 or newer, else the version that
rem .mvn\wrapper\maven-wrapper.properties names, which is downloaded once and checked. Needs a JDK, nothing else.
setlocal

if not defined JAVA_HOME goto javaOnPath
set "MVNW_JAVA=%JAVA_HOME%\bin\java.exe"
if exist "%MVNW_JAVA%" goto javaVersion
echo mvnw: JAVA_HOME is "%JAVA_HOME%", which has no bin\java.exe: set it to a JDK of version 17 or newer. 1>&2
exit /b 1

:javaOnPath
set "MVNW_JAVA="
for %%J in (java.exe) do set "MVNW_JAVA=%%~$PATH:J"
if defined MVNW_JAVA goto javaVersion
echo mvnw: no Java found: install a JDK of version 17 or newer, or set JAVA_HOME to one. 1>&2
exit /b 1

:javaVersion
rem Java 8 and older do not know --version.
set "MVNW_JAVA_VERSION="
for /f "tokens=2" %%V in ('""%MVNW_JAVA%" --version 2^>nul"') do if not defined MVNW_JAVA_VERSION set "MVNW_JAVA_VERSION=%%V"
if not defined MVNW_JAVA_VERSION set "MVNW_JAVA_VERSION=8 or older"
set "MVNW_JAVA_MAJOR=0"
for /f "tokens=1 delims=.-+ " %%V in ("%MVNW_JAVA_VERSION%") do set "MVNW_JAVA_MAJOR=%%V"
if %MVNW_JAVA_MAJOR% GEQ 17 goto mavenOnPath
echo mvnw: a JDK of version 17 or newer is needed, but "%MVNW_JAVA%" is %MVNW_JAVA_VERSION%: set JAVA_HOME. 1>&2
exit /b 1

:mavenOnPath
set "MVNW_MAVEN="
for %%M in (mvn.cmd) do set "MVNW_MAVEN=%%~$PATH:M"
if not defined MVNW_MAVEN goto mavenDownloaded
set "MVNW_VERSION=0"
for /f "tokens=2,3" %%A in ('""%MVNW_MAVEN%" -B --version 2^>nul"') do if "%%A"=="Maven" set "MVNW_VERSION=%%B"
set "MVNW_NUMBER=0"
for /f "tokens=1-3 delims=.-" %%A in ("%MVNW_VERSION%.0.0") do set /a "MVNW_NUMBER=%%A * 1000000 + %%B * 1000 + %%C"
if %MVNW_NUMBER% GEQ 3008007 goto run

:mavenDownloaded
set "MVNW_PROPERTIES=%~dp0.mvn\wrapper\maven-wrapper.properties"
if not exist "%MVNW_PROPERTIES%" (
    echo mvnw: "%MVNW_PROPERTIES%" is missing: it says which Maven to download. 1>&2
    exit /b 1
)
for /f "usebackq eol=# tokens=1,2 delims==" %%K in ("%MVNW_PROPERTIES%") do set "MVNW_%%K=%%L"
set "MVNW_USER_HOME=%MAVEN_USER_HOME%"
if not defined MVNW_USER_HOME set "MVNW_USER_HOME=%USERPROFILE%\.m2"
rem The checksum is part of the path, so that a Maven that was checked against another one is never taken.
set "MVNW_DIST=%MVNW_USER_HOME%\wrapper\dists\apache-maven-%MVNW_mavenVersion%\%MVNW_distributionSha512Sum:~0,16%"
set "MVNW_MAVEN=%MVNW_DIST%\bin\mvn.cmd"
if exist "%MVNW_MAVEN%" goto run
"%MVNW_JAVA%" "%~dp0.mvn\wrapper\FetchMaven.java" "%MVNW_PROPERTIES%" "%MVNW_DIST%"
if errorlevel 1 exit /b 1

:run
rem To run the server takes no tests, nor what only they need.
set "MVNW_ONLY="
if "%~1"=="spring-boot:run" set "MVNW_ONLY=-Dwithout.checks"
rem Maven shall not see the variables of this script.
endlocal & call "%MVNW_MAVEN%" %MVNW_ONLY% %*
exit /b %ERRORLEVEL%
