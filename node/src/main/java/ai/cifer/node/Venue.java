package ai.cifer.node;

import ai.cifer.node.identity.Identity;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.transport.Endpoint;
import ai.cifer.transport.EndpointHandler;
import java.time.Duration;
import java.util.Set;

/// Where a coordinator and its participants meet, and whom it believes: a port with certificates,
/// or the memory of one process.
public interface Venue {

  /// Who the coordinator is.
  ///
  /// @return to be closed by the caller
  /// @throws NodeException if a file that says so is unusable
  Identity identity() throws NodeException;

  /// Who is who.
  ///
  /// @param identity the coordinator's
  Enrolment enrolment(Identity identity);

  /// Begins to let participants in.
  ///
  /// @param identity the coordinator's
  /// @throws NodeException if nobody could get there, for example because the port is taken
  Endpoint open(Identity identity, EndpointHandler handler) throws NodeException;

  /// Whether participants come because they are asked to a round, with [#invite], and leave when it
  /// is over; otherwise whoever is there may be in it.
  default boolean invites() {
    return false;
  }

  /// Asks participants to a round. It begins when they are there, or the patience is over.
  ///
  /// @return their names
  default Set<String> invite(int round) {
    return Set.of();
  }

  /// How long whoever lost its link may take to come back.
  ///
  /// @param usual how long it is over a network
  default Duration grace(Duration usual) {
    return usual;
  }
}
