package ai.cifer.training.model.source;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file or folder in a repository of Git: `github:OWNER/REPOSITORY@REVISION:PATH`.
///
/// @param repository `owner/name`
/// @param revision a branch, a tag or, best, a commit: only that always names the same files
/// @param path in the repository, of plain names
record GitPlace(String repository, String revision, List<String> path) {

  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
  private static final Pattern FORM =
      Pattern.compile(
          "github:(" + NAME + "/" + NAME + ")@([A-Za-z0-9][A-Za-z0-9._/-]{0,127}):([^:]{1,1024})");
  private static final Pattern PLAIN = Pattern.compile("[^\\\\/:*?\"<>|\\x00-\\x1f]{1,255}");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  GitPlace {
    path = List.copyOf(path);
  }

  /// @throws IOException if it is no such text
  static GitPlace parse(String text) throws IOException {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches() || matcher.group(2).contains("..")) {
      throw new IOException(
          "source: %s (expected: github:OWNER/REPOSITORY@REVISION:PATH)".formatted(text));
    }
    List<String> path = List.of(matcher.group(3).split("/", -1));
    for (String name : path) {
      requirePlain(name);
    }
    return new GitPlace(matcher.group(1), matcher.group(2), path);
  }

  /// @throws IOException unless a file may have this name anywhere and stays in its folder
  static void requirePlain(String name) throws IOException {
    if (!PLAIN.matcher(name).matches() || name.startsWith(".") || name.endsWith(".")) {
      throw new IOException("path: '%s' in it (expected: plain names)".formatted(name));
    }
  }

  /// Whether the revision always names the same files.
  boolean isCommit() {
    return COMMIT.matcher(revision).matches();
  }

  String joined() {
    return String.join("/", path);
  }

  String name() {
    return path.getLast();
  }
}
