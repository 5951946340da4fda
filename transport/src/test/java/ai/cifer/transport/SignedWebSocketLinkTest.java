package ai.cifer.transport;

/// The contract over `wss` where signatures say who is who.
class SignedWebSocketLinkTest extends SignedLinkContract {
  SignedWebSocketLinkTest() {
    super(Port.Admission.SIGNATURE, "wss");
  }
}
