package ai.cifer.cli;

import picocli.CommandLine.TypeConversionException;

/// How a result is printed.
enum Format {
  TEXT,
  JSON;

  static Format of(String word) {
    return switch (word) {
      case "text" -> TEXT;
      case "json" -> JSON;
      default -> throw new TypeConversionException("%s (expected: text or json)".formatted(word));
    };
  }
}
