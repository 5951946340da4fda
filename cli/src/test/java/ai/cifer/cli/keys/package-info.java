@NullMarked
package ai.cifer.cli.keys;

import org.jspecify.annotations.NullMarked;
