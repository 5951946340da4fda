/// Numbered examples, to be read in order; each runs with `main` and is run by a test.
@NullMarked
package ai.cifer.examples;

import org.jspecify.annotations.NullMarked;
