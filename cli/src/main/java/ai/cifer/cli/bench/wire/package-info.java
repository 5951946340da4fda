/// `cifer bench wire`: how fast bytes move over the coordinator's port.
@NullMarked
package ai.cifer.cli.bench.wire;

import org.jspecify.annotations.NullMarked;
