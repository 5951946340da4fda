package ai.cifer.transport;

/// The contract over `https` where signatures say who is who.
class SignedGrpcLinkTest extends SignedLinkContract {
  SignedGrpcLinkTest() {
    super(Port.Admission.SIGNATURE, "https");
  }
}
