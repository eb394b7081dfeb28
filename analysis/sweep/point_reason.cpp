// SPDX-License-Identifier: Apache-2.0
#include "analysis/sweep/point_reason.h"

#include <fmt/format.h>
#include <signal.h>

#include <cstring>
#include <sstream>

#include "sim/exit_code.h"

namespace qnnsim {
namespace {

constexpr int kNotFound = 127;  ///< as in CommandResult
constexpr int kSignals = 128;   ///< as in CommandResult: the signal is added

std::string words_of(int exit_code) {
  switch (exit_code) {
    case kExitInput:
      return "wrong input";
    case kExitDeadlock:
      return "deadlock";
    case kExitDisagrees:
      return "disagreement";
    case kExitTarget:
      return "target not met";
    case kExitFault:
      return "fault of the program";
    case kNotFound:
      return "the program could not be started";
    default:
      break;
  }
  if (exit_code < kSignals) return fmt::format("exit code {}", exit_code);
  const int number = exit_code - kSignals;
  return fmt::format("killed by signal {} ({})", number, strsignal(number));
}

/// The first error that the program told, with its hint; else the last line that it wrote.
std::string told(const std::string& errors) {
  static const std::string kHint = "  hint: ";
  std::string error, last;
  std::istringstream stream(errors);
  for (std::string line; std::getline(stream, line);) {
    if (error.empty() && line.find("error: ") != std::string::npos) {
      error = line;
    } else if (!error.empty() && line.find("error: ") != std::string::npos) {
      break;
    } else if (!error.empty() && line.rfind(kHint, 0) == 0) {
      return error + "; " + line.substr(2);
    }
    if (!line.empty()) last = line;
  }
  return error.empty() ? last : error;
}

/// What the result itself says of its failing.
std::string told(const nlohmann::ordered_json& result) {
  if (!result.is_object()) return {};
  if (result.contains("deadlock") && result["deadlock"].is_object()) {
    const auto& deadlock = result["deadlock"];
    const std::string cycle = fmt::format("in cycle {}", deadlock["cycle"].dump());
    if (!deadlock["remedy"].is_object()) return cycle;
    return fmt::format("{}; remedy: {}", cycle, deadlock["remedy"]["yaml"].get<std::string>());
  }
  const auto& mismatch = result.value(nlohmann::ordered_json::json_pointer("/outputs/mismatch"),
                                      nlohmann::ordered_json());
  return mismatch.is_string() ? mismatch.get<std::string>() : std::string();
}

}  // namespace

bool was_interrupted(const PointOutcome& outcome) {
  const int code = outcome.exit_code;
  return code == kExitInterrupted || code == kSignals + SIGINT || code == kSignals + SIGTERM ||
         code == kSignals + SIGHUP;
}

std::string point_reason(const PointOutcome& outcome, const nlohmann::ordered_json& result) {
  if (outcome.exit_code == kExitDone) return result.is_object() ? "" : "the program gave no result";
  std::string details = told(result);
  if (details.empty()) details = told(outcome.errors);
  std::string words = words_of(outcome.exit_code);
  return details.empty() ? words : words + ": " + details;
}

}  // namespace qnnsim
