// SPDX-License-Identifier: Apache-2.0
#include "sim/text_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace qnnsim {
namespace {

constexpr char kGap[] = "  ";

/// Characters of UTF-8 text, each taken as one column wide.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
  }));
}

std::string four_digits(double value) {
  return fmt::format("{:.{}f}", value, value < 10 ? 3 : value < 100 ? 2 : 1);
}

}  // namespace

std::vector<std::string> TextTable::header(std::string Column::*part) const {
  std::vector<std::string> cells;
  for (const Column& column : columns_) cells.push_back(column.*part);
  return cells;
}

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) {
    widths.push_back(std::max(width_of(column.title), width_of(column.unit)));
  }
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  return widths;
}

std::string TextTable::line(const std::vector<std::string>& cells,
                            const std::vector<std::size_t>& widths) const {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string padding(widths[i] - width_of(cells[i]), ' ');
    const bool left = columns_[i].align == Align::kLeft;
    line += kGap + (left ? cells[i] + padding : padding + cells[i]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string TextTable::render() const {
  const std::vector<std::size_t> widths = this->widths();
  std::string text = line(header(&Column::title), widths);
  const bool units = std::any_of(columns_.begin(), columns_.end(),
                                 [](const Column& column) { return !column.unit.empty(); });
  if (units) text += line(header(&Column::unit), widths);
  for (const auto& row : rows_) text += line(row, widths);
  return text;
}

std::string Paint::wrap(std::string_view code, std::string_view text) const {
  return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

std::string format_duration(double microseconds) {
  if (microseconds < 1e3) return four_digits(microseconds) + " us";
  if (microseconds < 1e6) return four_digits(microseconds / 1e3) + " ms";
  return four_digits(microseconds / 1e6) + " s";
}

std::string format_rate(double frames_per_second) {
  return frames_per_second < 100 ? fmt::format("{:.4g}", frames_per_second)
                                 : fmt::format("{:.1f}", frames_per_second);
}

std::string format_percent(double part, double whole) {
  return whole == 0 ? "-" : fmt::format("{:.1f}", 100 * part / whole);
}

}  // namespace qnnsim
