/// `cifer demo`: a federation on one machine, each participant a process of its own.
@NullMarked
package ai.cifer.cli.demo;

import org.jspecify.annotations.NullMarked;
