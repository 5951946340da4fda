package ai.cifer.training.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads the JSON that a safetensors header or index may consist of: objects, strings, and lists of
/// non-negative integers; the rest it can skip. It cannot recurse deeper than its caller, and it
/// refuses a key that appears twice, which other readers resolve differently.
final class HeaderJson {

  private final String text;
  private int at;

  HeaderJson(String text) {
    this.text = text;
  }

  /// Reads the value of a member.
  @FunctionalInterface
  interface Member {
    void read(String key) throws IOException;
  }

  /// Reads an object; `member` is called for each key and must consume the value.
  void object(Member member) throws IOException {
    Set<String> keys = new HashSet<>();
    expect('{');
    if (accept('}')) {
      return;
    }
    do {
      String key = string();
      if (!keys.add(key)) {
        throw malformed("key twice: " + key);
      }
      expect(':');
      member.read(key);
    } while (accept(','));
    expect('}');
  }

  List<Long> numbers(int most) throws IOException {
    List<Long> values = new ArrayList<>();
    expect('[');
    if (accept(']')) {
      return values;
    }
    do {
      if (values.size() == most) {
        throw malformed("more than %d numbers".formatted(most));
      }
      values.add(number());
    } while (accept(','));
    expect(']');
    return values;
  }

  private long number() throws IOException {
    skipSpace();
    int from = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (from == at || at - from > 18) {
      throw malformed("an integer below 10^18 was expected");
    }
    return Long.parseLong(text, from, at, 10);
  }

  String string() throws IOException {
    expect('"');
    var out = new StringBuilder();
    while (at < text.length()) {
      char character = text.charAt(at++);
      if (character == '"') {
        return out.toString();
      }
      if (character < ' ') {
        throw malformed("a control character in a string");
      }
      out.append(character == '\\' ? escaped() : character);
    }
    throw malformed("a string does not end");
  }

  private char escaped() throws IOException {
    char character = at < text.length() ? text.charAt(at++) : '\0';
    return switch (character) {
      case '"', '\\', '/' -> character;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        if (at + 4 > text.length() || !text.substring(at, at + 4).matches("[0-9a-fA-F]{4}")) {
          throw malformed("four hexadecimal digits were expected");
        }
        char value = (char) Integer.parseInt(text, at, at + 4, 16);
        at += 4;
        yield value;
      }
      default -> throw malformed("an unknown escape");
    };
  }

  /// Reads over a value of any kind.
  void skip() throws IOException {
    int depth = 0;
    do {
      skipSpace();
      char next = at < text.length() ? text.charAt(at) : '\0';
      switch (next) {
        case '"' -> string();
        case '{', '[' -> {
          depth++;
          at++;
        }
        case '}', ']' -> {
          depth--;
          at++;
        }
        case '\0' -> throw malformed("a value does not end");
        default -> at++;
      }
      skipSpace();
    } while (depth > 0 || (at < text.length() && ",}]".indexOf(text.charAt(at)) < 0));
  }

  /// Nothing but space may follow.
  void end() throws IOException {
    skipSpace();
    if (at != text.length()) {
      throw malformed("more after the end");
    }
  }

  private boolean accept(char wanted) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char wanted) throws IOException {
    if (!accept(wanted)) {
      throw malformed("'%c' was expected".formatted(wanted));
    }
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private IOException malformed(String fact) {
    return new IOException("header: %s at character %d".formatted(fact, at));
  }

  /// `value` as a JSON string.
  static String quote(String value) {
    var out = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char character = value.charAt(i);
      if (character == '"' || character == '\\') {
        out.append('\\').append(character);
      } else if (character < ' ') {
        out.append("\\u%04x".formatted((int) character));
      } else {
        out.append(character);
      }
    }
    return out.append('"').toString();
  }
}
