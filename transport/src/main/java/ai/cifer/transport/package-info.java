/// Links between participants and a coordinator: ordered envelopes and streams of blocks, over gRPC
/// with mutual TLS or inside one process.
@NullMarked
package ai.cifer.transport;

import org.jspecify.annotations.NullMarked;
