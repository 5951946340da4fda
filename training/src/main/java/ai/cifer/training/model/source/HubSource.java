package ai.cifer.training.model.source;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A model at a hub with Hugging Face's layout of addresses: `hf:OWNER/NAME@REVISION`.
///
/// @param repository `owner/name`
/// @param revision a branch, a tag or, best, a commit: only that always names the same files
public record HubSource(String repository, String revision) {

  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern FORM =
      Pattern.compile("hf:(" + NAME + "/" + NAME + ")@([A-Za-z0-9][A-Za-z0-9._-]{0,127})");

  /// Whether the revision always names the same files.
  boolean isCommit() {
    return COMMIT.matcher(revision).matches();
  }

  /// @throws IOException if it is no such text
  public static HubSource parse(String text) throws IOException {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IOException("source: %s (expected: hf:OWNER/NAME@REVISION)".formatted(text));
    }
    return new HubSource(matcher.group(1), matcher.group(2));
  }
}
