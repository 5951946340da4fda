package ai.cifer.cli.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Routes log messages: nowhere at first, to a file once a process has a folder, warnings to
/// standard error with `--verbose`.
///
/// Found by Logback as its configuration, so that no file has to be parsed and nothing is ever
/// printed between results. Messages are the loggers' own: keys and updates are never among them.
public final class Logs extends ContextAwareBase implements Configurator {

  /// Made by Logback.
  public Logs() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    LogUse.begin();
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
    // The JDK's own chronicle, each exit and each certificate at DEBUG.
    context.getLogger("jdk.event").setLevel(Level.WARN);
    // A line for each handshake that failed: a flood of strangers would be a flood of lines. The
    // port's own gate says it once a minute.
    context
        .getLogger("com.linecorp.armeria.server.HttpServerPipelineConfigurator")
        .setLevel(Level.ERROR);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /// Appends messages of level INFO and above to `file`.
  ///
  /// @throws IOException if its folder cannot be made
  public static void toFile(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setName("file");
    appender.setFile(file.toString());
    add(appender, "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\", UTC} %-5level %logger{0}: %msg%n");
  }

  /// Prints warnings and errors to standard error.
  public static void warningsToError() {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setName("stderr");
    appender.setTarget("System.err");
    ThresholdFilter warnings = new ThresholdFilter();
    warnings.setLevel(Level.WARN.toString());
    warnings.start();
    appender.addFilter(warnings);
    add(appender, "%-5level %logger{0}: %msg%n");
  }

  private static void add(OutputStreamAppender<ILoggingEvent> appender, String pattern) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(pattern);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
  }
}
