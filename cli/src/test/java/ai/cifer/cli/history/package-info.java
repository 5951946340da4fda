@NullMarked
package ai.cifer.cli.history;

import org.jspecify.annotations.NullMarked;
