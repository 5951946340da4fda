/// Trainers outside the JVM: the user's program as a child process, spoken to in JSON lines.
///
/// The protocol is in `docs/reference-trainer-protocol.md`.
@NullMarked
package ai.cifer.training.program;

import org.jspecify.annotations.NullMarked;
