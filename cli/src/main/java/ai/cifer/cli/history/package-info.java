/// A run told to people and programs: the tree of rounds, the result as a document, run folders.
@NullMarked
package ai.cifer.cli.history;

import org.jspecify.annotations.NullMarked;
