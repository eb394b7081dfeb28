// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "models/data_type.h"
#include "models/packed_mac.h"

namespace qnnsim {

/// What multiplies in a matrix unit: the parameter `Core` of its RTL.
enum class MacStyle : std::uint8_t {
  kLut = 0,
  kDsp48e1 = static_cast<std::uint8_t>(DspSlice::kDsp48e1),
  kDsp48e2 = static_cast<std::uint8_t>(DspSlice::kDsp48e2),
  kDsp58 = static_cast<std::uint8_t>(DspSlice::kDsp58),
};

/// "LUT", "DSP48E1", "DSP48E2" or "DSP58".
const char* to_string(MacStyle style);
/// The style of a platform's `dsp_type`; kLut where it is none.
MacStyle dsp_style(std::string_view dsp_type);

/// The multiply-accumulators of a matrix unit, and the slices that they take.
///
/// DSP48: as many rows share a slice as fit (lane_plan). DSP58: three columns of a row share a
/// slice in INT8 mode, unless rows in packed slices take fewer. With own activations for every row
/// (depthwise) rows share nothing. RTL: rtl/qnn_mac_array.sv.
struct MacArray {
  MacStyle style = MacStyle::kLut;
  int pe = 1;    ///< [rows in parallel]
  int simd = 1;  ///< [columns in parallel]
  int mmv = 1;   ///< [vectors in parallel], a copy of everything for each
  bool depthwise = false;
  DataType weight = DataType::bipolar();
  DataType activation = DataType::bipolar();
  bool narrow = false;   ///< no weight is the most negative value of its type
  int folds = 1;         ///< [issues of a sum]
  int result_bits = 32;  ///< [bits] of a sum

  /// Why the slice cannot do it, and what is possible; empty where it can.
  std::string refusal() const;
  /// [slices]
  std::uint64_t dsps() const;
  /// Which lanes of slices stand idle, and what would use them, if the matrix has `rows` and
  /// `columns`; empty where none do.
  std::string idle_lanes(int rows, int columns) const;

 private:
  MacOperands operands() const { return {weight, activation, narrow}; }
  DspSlice slice() const { return static_cast<DspSlice>(style); }
  /// INT8 mode of the DSP58.
  bool is_dot_product() const;
  /// [lanes] of a slice that rows share.
  int row_lanes() const;
};

}  // namespace qnnsim
