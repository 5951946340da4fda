/// Files with keys: secret ones sealed under a passphrase, public ones as they are.
@NullMarked
package ai.cifer.cli.keys;

import org.jspecify.annotations.NullMarked;
