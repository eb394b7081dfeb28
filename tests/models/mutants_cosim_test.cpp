// SPDX-License-Identifier: Apache-2.0
//
// Lockstep finds RTL that is wrong: each mutant is one line of a kernel, changed.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "sim/installation.h"
#include "sim/output_file.h"
#include "tests/models/axi_cases.h"
#include "tests/models/fork_cases.h"
#include "tests/models/kernel_cosim.h"
#include "tests/models/kraken/kraken_cases.h"
#include "tests/models/mvu_cases.h"
#include "tests/models/reorder_buffer_cases.h"
#include "tests/models/scale_bias_cases.h"
#include "tests/models/sliding_window_cases.h"

namespace qnnsim::test {

// Here the kernels are wrong on purpose; those that are right have tests of their own.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(KernelCosim);

namespace {

struct Mutant {
  const char* name;
  const char* file;
  const char* line;  ///< what stands there
  const char* changed;
  KernelCase (*draw)(Draw& draw);
};

void PrintTo(const Mutant& mutant, std::ostream* out) { *out << mutant.name; }

/// `source` with the mutant's file in place of the right one.
RtlSource mutate(RtlSource source, const Mutant& mutant, const std::filesystem::path& directory) {
  for (std::string& file : source.files) {
    if (std::filesystem::path(file).filename() != mutant.file) continue;
    std::ifstream original(file);
    std::string text{std::istreambuf_iterator<char>(original), {}};
    const std::size_t place = text.find(mutant.line);
    if (place == std::string::npos) {
      throw std::logic_error(std::string(mutant.file) + " has no line " + mutant.line);
    }
    text.replace(place, std::string(mutant.line).size(), mutant.changed);
    file = (directory / mutant.file).string();
    write_file_atomically(file, text);
    return source;
  }
  throw std::logic_error(std::string("the kernel has no file ") + mutant.file);
}

class Mutants : public testing::TestWithParam<Mutant> {};

/// Do model and RTL agree under all pressures?
bool agrees(const CosimCase& c, int seed) {
  for (const auto& [pressure, conditions] : cosim_pressures(c.kernel, std::uint64_t(seed))) {
    if (!run_lockstep(c, conditions).agrees()) return false;
  }
  return true;
}

TEST_P(Mutants, AreFoundWhereTheOriginalIsNot) {
  const Mutant& mutant = GetParam();
  const std::filesystem::path directory =
      std::filesystem::temp_directory_path() / ("qnnsim-mutant-" + std::to_string(getpid()));
  std::filesystem::create_directories(directory);
  constexpr int kSeeds = 12;
  int found = 0;
  for (int seed = 4; seed < 4 + kSeeds && found == 0; ++seed) {
    Draw draw(static_cast<std::uint64_t>(seed));
    CosimCase c;
    c.kernel = mutant.draw(draw);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + c.kernel.parameters);
    const auto model = c.kernel.make();
    const RtlSource source = wrap_kernel("kernel", *model, *model->rtl());
    RtlCache cache(cache_directory());
    try {
      c.compiled = cache.get(mutate(source, mutant, directory));
    } catch (const std::logic_error& error) {
      continue;  // these parameters do not use that file
    }
    if (agrees(c, seed)) continue;
    ++found;
    c.compiled = cache.get(source);
    EXPECT_TRUE(agrees(c, seed)) << "the original is wrong too";
  }
  EXPECT_EQ(found, 1) << mutant.line << " may as well be " << mutant.changed;
  std::filesystem::remove_all(directory);
}

INSTANTIATE_TEST_SUITE_P(
    Kernels, Mutants,
    testing::Values(
        Mutant{"LatencyOfOneMore", "qnn_scale_bias.sv", ".Depth (3)", ".Depth (4)", any_folding},
        Mutant{"BeatLostUnderStall", "qnn_fork.sv", "ready_o    = still_owed == '0",
               "ready_o    = 1'b1", two_to_five_branches},
        Mutant{"CarryOfALaneForgotten", "qnn_packed_dsp.sv",
               "carries_o[l*2 +: 2] = p_o[Offset +: 2] - expected_q",
               "carries_o[l*2 +: 2] = p_o[Offset +: 2] - p_o[Offset +: 2]", rows_in_turn},
        Mutant{"RowLeftAfterOneVector", "qnn_mvu.sv", ".step_i(issue && last_place)",
               ".step_i(issue && last_fold)", tiled_vectors},
        Mutant{"BeatReadBeforeItIsThere", "qnn_reorder_buffer.sv", "held_q > {1'b0, place_q}",
               "held_q >= {1'b0, place_q}", transposed},
        Mutant{"BlockSetFreeInEveryRound", "qnn_reorder_buffer.sv", "last_inner && last_outer",
               "last_inner", repeated},
        Mutant{"WindowABeatTooEarly", "qnn_window_cursor.sv", "from_first_q > Newest",
               "from_first_q >= Newest", standard},
        Mutant{"WindowAPixelTooFar", "qnn_sliding_window.sv", "Columns - 1) * Mmv * Neighbour",
               "Columns) * Mmv * Neighbour", standard},
        Mutant{"BurstAcrossFourKilobytes", "qnn_burst_walk.sv", "to_page < Most ? to_page : Most",
               "Most", any_read},
        Mutant{"BurstEndsWithEveryBeat", "qnn_axi_reader.sv", "m_axi_rready_o && m_axi_rlast_i",
               "m_axi_rready_o", any_read},
        Mutant{"DataBeforeItsAddress", "qnn_axi_writer.sv", "(ahead_q == Level && m_axi_awvalid_o)",
               "ahead_q == Level", any_write},
        Mutant{"DataWaitsForTheAddressToBeTaken", "qnn_axi_writer.sv",
               "(ahead_q == Level && m_axi_awvalid_o)", "(ahead_q == Level && address)", any_write},
        Mutant{"StrobesOnPadding", "qnn_axi_writer.sv", "ends_pass ? LastStrobe : '1", "'1",
               any_write},
        Mutant{"EdgesOfTheMapBefore", "qnn_kraken_pixels.sv", "block_q == '0 ? '0 : kept", "kept",
               any_pixels},
        Mutant{"BankOfTheNextPacket", "qnn_kraken_weights.sv", "bank0_q ? words",
               "read_bank_q ? words", any_weights},
        Mutant{"SumsLostWhileTheOutputIsBusy", "qnn_kraken_array.sv", "if (!stall) ended_q",
               "ended_q", any_array}));

}  // namespace
}  // namespace qnnsim::test
