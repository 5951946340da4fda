@NullMarked
package ai.cifer.cli.demo;

import org.jspecify.annotations.NullMarked;
