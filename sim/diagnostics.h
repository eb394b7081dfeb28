// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace qnnsim {

/// A place in a user's file; line and column count from 1, 0 means unknown.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

/// One thing that is wrong with the input.
struct Finding {
  Place place;
  std::string message;
  std::string hint;  ///< what to do about it; may be empty
};

/// Everything that is wrong with the input, to be told at once. A handle: copies add to the same
/// list, so a value that is checked late still reports to where the reading began.
class Findings {
 public:
  Findings() : findings_(std::make_shared<std::vector<Finding>>()) {}
  Findings(const Findings&) = default;  // and no move: a handle is never without its list
  Findings& operator=(const Findings&) = default;

  /// A finding that is there already, at the same place, is not added again.
  void add(Place place, std::string message, std::string hint = {});
  bool empty() const { return findings_->empty(); }
  const std::vector<Finding>& all() const { return *findings_; }

  /// `file:line:column: error: message`, the source line, a caret and the hint for each, in file
  /// order.
  std::string render() const;

 private:
  std::shared_ptr<std::vector<Finding>> findings_;
};

/// The input is wrong; carries every finding. The program ends with exit code 2.
class InputError : public std::runtime_error {
 public:
  explicit InputError(const Findings& findings);
  const Findings& findings() const { return findings_; }

 private:
  Findings findings_;
};

/// The candidate that a misspelt `word` most likely means; empty if none is near.
std::string closest(std::string_view word, const std::vector<std::string>& candidates);

/// "did you mean 'x'?" for the candidate closest to `word`, else "known: a, b, c"; empty without
/// candidates.
std::string suggest(std::string_view word, const std::vector<std::string>& candidates);

/// "a, b, c".
std::string join(const std::vector<std::string>& words, std::string_view separator = ", ");

}  // namespace qnnsim
