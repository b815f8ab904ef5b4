package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.PreflightCheck.Result;
import java.util.ArrayList;
import java.util.List;

/** Gathers checks in the order in which they are made. */
final class CheckList {
  private final List<PreflightCheck> checks = new ArrayList<>();

  void add(Check check, Result result, String message) {
    checks.add(new PreflightCheck(check.name(), result, message));
  }

  /** Failed because of the first few of these sentences; passed if there is none. */
  void failIf(Check check, List<String> failures, String otherwise) {
    judge(check, failures, List.of(), otherwise);
  }

  /** A warning of the first few of these sentences; passed if there is none. */
  void warnIf(Check check, List<String> warnings, String otherwise) {
    judge(check, List.of(), warnings, otherwise);
  }

  /** What fails comes before what is warned of. */
  void judge(Check check, List<String> failures, List<String> warnings, String otherwise) {
    if (!failures.isEmpty()) {
      add(check, Result.Failed, Sentences.first(failures));
    } else if (!warnings.isEmpty()) {
      add(check, Result.Warning, Sentences.first(warnings));
    } else {
      add(check, Result.Passed, otherwise);
    }
  }

  List<PreflightCheck> all() {
    return List.copyOf(checks);
  }
}
