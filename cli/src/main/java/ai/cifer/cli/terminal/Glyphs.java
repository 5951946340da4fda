package ai.cifer.cli.terminal;

import java.nio.charset.Charset;

/// The signs that draw trees and bars, in two sets: the plain one for terminals without Unicode.
///
/// @param branch before a child that is not the last
/// @param last before the last child
/// @param trunk beside the children of a child
/// @param bullet before an event outside of a tree
/// @param bad before something that went wrong
/// @param done the filled part of a bar
/// @param open the rest of a bar
/// @param times a factor
public record Glyphs(
    String branch,
    String last,
    String trunk,
    String bullet,
    String bad,
    String done,
    String open,
    String times) {

  public static final Glyphs UNICODE = new Glyphs("├─", "└─", "│ ", "•", "✗", "█", "░", "×");
  public static final Glyphs ASCII = new Glyphs("|-", "`-", "| ", "*", "x", "#", ".", "x");

  static Glyphs of(Charset charset) {
    String all = String.join("", UNICODE.branch, UNICODE.bullet, UNICODE.bad, UNICODE.done);
    return charset.newEncoder().canEncode(all) ? UNICODE : ASCII;
  }
}
