@echo off
rem The cifer command on Windows: builds the jar on first use, then runs it. Needs a JDK 25 in JAVA_HOME.
setlocal
if not defined JAVA_HOME echo cifer: JAVA_HOME is not set (expected: the folder of a JDK 25) 1>&2 & exit /b 60
findstr /r /c:"^JAVA_VERSION=.25" "%JAVA_HOME%\release" >nul 2>&1 || (echo cifer: "%JAVA_HOME%" is no JDK 25 1>&2 & exit /b 60)
if "%~1"=="test" (call mvn -B -f "%~dp0pom.xml" verify & exit /b)
if not exist "%~dp0cli\target\cifer.jar" call mvn -B -f "%~dp0pom.xml" -pl cli -am -Dmaven.test.skip=true -Dspotless.check.skip=true package || exit /b 1
rem Verbs that encrypt use the Vector API, about which the JVM prints a warning.
set "vector="
for %%v in (demo server client key-holder bench securetrain keys simulate peer) do if "%~1"=="%%v" set "vector=--add-modules jdk.incubator.vector"
"%JAVA_HOME%\bin\java" %vector% --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Dai.djl.offline=true -Dio.netty.allocator.type=pooled -jar "%~dp0cli\target\cifer.jar" %*
