/// The frame around everything that this library writes, and bit packing of residues.
///
/// Chain: `codec` ◄ `format` ◄ the schemes. Not exported: schemes offer `write` and `read`.
@NullMarked
package ai.cifer.homocryption.format;

import org.jspecify.annotations.NullMarked;
