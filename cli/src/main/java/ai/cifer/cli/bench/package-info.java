/// `cifer bench`: what encryption costs on this machine, as a document and as tables.
@NullMarked
package ai.cifer.cli.bench;

import org.jspecify.annotations.NullMarked;
