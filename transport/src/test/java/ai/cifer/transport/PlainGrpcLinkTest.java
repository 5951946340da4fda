package ai.cifer.transport;

/// The contract over `http` where signatures say who is who.
class PlainGrpcLinkTest extends SignedLinkContract {
  PlainGrpcLinkTest() {
    super(Port.Admission.SIGNATURE_WITHOUT_TLS, "http");
  }
}
