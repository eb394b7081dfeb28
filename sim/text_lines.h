// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

namespace qnnsim {

/// A text that is written line by line: what the writers of reports have in common.
class TextLines {
 protected:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    // Not with fmt::format_to, which would be compiled in each of the writers.
    text_ += fmt::format(format, std::forward<Args>(args)...);
    text_ += '\n';
  }

  std::string text_;
};

}  // namespace qnnsim
