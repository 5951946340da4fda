/// The frame around everything that this library writes, and bit packing of residues.
///
/// Chain: `codec` ◄ `format` ◄ the schemes. Not exported: schemes offer `write` and `read`.
///
/// A new form: a constant of [FormKind][ai.cifer.homocryption.codec.FormKind] with a code of its
/// own, a drawing of the body in the Javadoc of its class, version 1, and a test that implements
/// `FormContract`. Whoever changes a body raises its version and keeps reading the old ones.
@NullMarked
package ai.cifer.homocryption.format;

import org.jspecify.annotations.NullMarked;
