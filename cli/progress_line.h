// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace qnnsim {

/// A line on a terminal that tells how far the work is, and disappears with it.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet) : enabled_(!quiet && isatty(STDERR_FILENO) != 0) {}
  ~ProgressLine() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const std::string& text) {
    if (!enabled_) return;
    shown_ = true;
    fmt::print(stderr, "\r{}\033[K", text);
  }

 private:
  const bool enabled_;
  bool shown_ = false;
};

}  // namespace qnnsim
