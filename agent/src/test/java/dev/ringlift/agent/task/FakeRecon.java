package dev.ringlift.agent.task;

import dev.ringlift.relinker.ReconFile;
import dev.ringlift.relinker.RelinkRequest;
import dev.ringlift.relinker.RelinkRun;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Keeps what would have been written to recon. */
final class FakeRecon implements ReconFile {
  final List<String> calls = new ArrayList<>();

  @Override
  public String reset() {
    calls.add("reset");
    return "";
  }

  @Override
  public String update(RelinkRequest request, RelinkRun run) {
    calls.add("update");
    return "";
  }

  @Override
  public String finish(RelinkRequest request, RelinkRun run, int returnCode) {
    calls.add("finish " + returnCode);
    return "";
  }

  @Override
  public String end(Collection<String> devices, int returnCode) {
    calls.add("end " + returnCode);
    return "";
  }

  @Override
  public String endKilled() {
    calls.add("end killed");
    return "";
  }
}
