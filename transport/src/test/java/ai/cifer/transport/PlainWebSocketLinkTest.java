package ai.cifer.transport;

/// The contract over `ws` where signatures say who is who.
class PlainWebSocketLinkTest extends SignedLinkContract {
  PlainWebSocketLinkTest() {
    super(Port.Admission.SIGNATURE_WITHOUT_TLS, "ws");
  }
}
