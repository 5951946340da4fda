package ai.cifer.homocryption.kernel;

/// A program that waits for the end of the warm-up and says what is then vector code.
final class WarmUpCheck {
  private WarmUpCheck() {}

  public static void main(String[] arguments) throws InterruptedException {
    KernelProvider.chosen().awaitWarmUp();
    System.out.println(((WarmingKernels) KernelProvider.chosen()).warmUp().ready());
  }
}
