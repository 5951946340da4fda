@NullMarked
package ai.cifer.cli.exit;

import org.jspecify.annotations.NullMarked;
