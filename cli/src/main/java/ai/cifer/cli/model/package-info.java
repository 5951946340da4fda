/// Model files, made and opened by whatever formats and architectures are there.
@NullMarked
package ai.cifer.cli.model;

import org.jspecify.annotations.NullMarked;
