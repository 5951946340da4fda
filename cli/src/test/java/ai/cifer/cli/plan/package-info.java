@NullMarked
package ai.cifer.cli.plan;

import org.jspecify.annotations.NullMarked;
