package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.secagg.coordinator.SumRefused;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/// What takes long in a round, done by the worker one thing at a time; what comes of it is taken in
/// on the coordinator's thread, unless the round is over by then.
final class RoundWork implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(RoundWork.class.getName());

  /// Folding, opening, applying, evaluating.
  @FunctionalInterface
  interface Task<T> {
    T run() throws IOException, TrainingException, NodeException;
  }

  private final Coordinator coordinator;
  private final ExecutorService worker;
  private volatile boolean over;

  RoundWork(Coordinator coordinator, ExecutorService worker) {
    this.coordinator = coordinator;
    this.worker = worker;
  }

  /// @param done is given the task's result
  /// @param failed is given the reason, whatever went wrong: a task that vanished without a word
  ///   would leave the round waiting for ever
  <T> void start(Task<T> task, Consumer<T> done, Consumer<NodeException> failed) {
    worker.execute(() -> {
      if (over) {
        return;
      }
      try {
        T result = task.run();
        later(() -> done.accept(result));
      } catch (SumRefused failure) {
        later(() -> failed.accept(new NodeException(Reason.OPENING_FAILED, failure)));
      } catch (NodeException failure) {
        later(() -> failed.accept(failure));
      } catch (TrainingException failure) {
        later(() -> failed.accept(NodeException.of(Reason.DATASET_MISMATCH, failure)));
      } catch (IOException failure) {
        later(() -> failed.accept(DiskFailure.of(failure)));
      } catch (InternalError failure) {
        // The JVM's word for a page of a mapped file that the disk has no room for.
        later(() -> failed.accept(DiskFailure.of(new IOException("no space left", failure))));
      } catch (RuntimeException | Error failure) {
        LOG.log(System.Logger.Level.ERROR, "a task of the round failed", failure);
        later(() ->
            failed.accept(
                new NodeException(Reason.ROUND_ABORTED, "internal failure: " + failure, failure)));
      }
    });
  }

  private void later(Runnable step) {
    coordinator.later(() -> {
      if (!over) {
        step.run();
      }
    });
  }

  /// Ends the work of a round: tasks that did not start are dropped, and one that runs is waited
  /// for.
  @Override
  public void close() {
    over = true;
    boolean interrupted = false;
    while (true) {
      try {
        worker.submit(() -> {}).get();
        break;
      } catch (InterruptedException again) {
        interrupted = true;
      } catch (ExecutionException | CancellationException impossible) {
        throw new IllegalStateException("an empty task cannot fail", impossible);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
