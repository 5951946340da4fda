package ai.cifer.node;

import ai.cifer.node.identity.Identity;
import ai.cifer.secagg.identity.Enrolment;
import ai.cifer.transport.Link;
import ai.cifer.transport.LinkHandler;
import java.io.IOException;

/// Who a participant is, whom it believes, and how it gets to its coordinator: the other side of a
/// [Venue].
public interface Access extends AutoCloseable {

  /// Who this participant is; closed with this.
  Identity identity();

  /// Who is who.
  Enrolment enrolment();

  /// The coordinator, for messages.
  String coordinator();

  /// Opens a link once.
  ///
  /// @throws IOException if the coordinator is not there, or lets this participant not in
  Link open(LinkHandler handler) throws IOException;

  @Override
  void close();
}
