// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/rtl_cache.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "sim/cosim/rtl_instance.h"
#include "sim/installation.h"

namespace qnnsim::test {
namespace {

namespace fs = std::filesystem;

/// A register of a stream, adding Step to what passes.
constexpr const char* kRegister = R"(
module adder #(parameter Step = 1) (
  input clk, input rst_n,
  input s_axis_tvalid, output s_axis_tready, input [7:0] s_axis_tdata,
  output reg m_axis_tvalid, input m_axis_tready, output reg [7:0] m_axis_tdata
);
  assign s_axis_tready = !m_axis_tvalid || m_axis_tready;
  always @(posedge clk) begin
    if (!rst_n) m_axis_tvalid <= 0;
    else if (s_axis_tready) m_axis_tvalid <= s_axis_tvalid;
    if (s_axis_tready) m_axis_tdata <= s_axis_tdata + Step;
  end
endmodule
)";

/// Entries of a cache of its own, under that of the tests so that the runtime is compiled once.
class RtlCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(testing::TempDir()) /
                 testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(directory_);
    fs::create_directories(directory_ / "cosim");
    RtlCache(cache_directory()).get(source(1));
    for (const auto& entry : fs::directory_iterator(fs::path(cache_directory()) / "cosim")) {
      if (entry.path().filename().string().rfind("runtime-", 0) != 0) continue;
      fs::create_directory_symlink(entry.path(), directory_ / "cosim" / entry.path().filename());
    }
  }
  void TearDown() override { fs::remove_all(directory_); }

  static RtlSource source(int step) {
    RtlSource source;
    source.kernel = "layer.adder";
    source.top = "adder";
    source.text = kRegister;
    source.parameters = {{"Step", std::to_string(step)}};
    return source;
  }

  /// What comes out for 10.
  static Value result_of(const CompiledRtl& compiled) {
    const Port port{1, DataType::unsigned_integer(8), 1};
    RtlInstance instance("layer.adder", compiled, {port}, {port}, {}, "");
    const Value ten = 10;
    instance.offer(0, &ten);
    instance.accept(0, true);
    instance.settle();
    if (instance.stopped()) throw RtlError(instance.said());
    EXPECT_TRUE(instance.takes(0));
    EXPECT_FALSE(instance.gives(0));
    instance.clock_edge();
    instance.withdraw(0);
    instance.settle();
    EXPECT_TRUE(instance.gives(0));
    Value result = 0;
    instance.read(0, &result);
    return result;
  }

  fs::path entry_of(const CompiledRtl& compiled) {
    return fs::path(compiled.library).parent_path();
  }

  std::string cache() const { return directory_.string(); }

  fs::path directory_;
};

std::string message_of(RtlCache& cache, const RtlSource& source) {
  try {
    cache.get(source);
  } catch (const RtlError& error) {
    return error.what();
  }
  return "";
}

TEST_F(RtlCacheTest, CompilesOnceAndThenFindsByContent) {
  RtlCache cache(this->cache());
  const CompiledRtl first = cache.get(source(1));
  EXPECT_EQ(result_of(first), 11);
  const auto written = fs::last_write_time(first.library);
  EXPECT_EQ(cache.get(source(1)).library, first.library);
  EXPECT_EQ(fs::last_write_time(first.library), written);
  const CompiledRtl other = cache.get(source(5));
  EXPECT_NE(other.library, first.library);
  EXPECT_EQ(result_of(other), 15);
  RtlSource changed = source(1);
  changed.text.replace(changed.text.find("+ Step"), 6, "- Step");
  EXPECT_EQ(result_of(cache.get(changed)), 9);
}

TEST_F(RtlCacheTest, RebuildsAnEntryThatIsDamagedOrHalfWritten) {
  RtlCache cache(this->cache());
  const CompiledRtl compiled = cache.get(source(1));
  const fs::path entry = entry_of(compiled);
  // Not the file that is loaded: a new one in its place, as another program would leave it.
  const auto replace = [&](const char* name, const std::string& text) {
    fs::remove(entry / name);
    std::ofstream(entry / name) << text;
  };
  for (const char* name : {"kernel.so", "entry.json"}) {
    SCOPED_TRACE(name);
    replace(name, "");
    EXPECT_EQ(result_of(cache.get(source(1))), 11);
    replace(name, "{");
    EXPECT_EQ(result_of(cache.get(source(1))), 11);
    fs::remove(entry / name);
    EXPECT_EQ(result_of(cache.get(source(1))), 11);
  }
  fs::remove_all(entry);
  EXPECT_EQ(result_of(cache.get(source(1))), 11);
}

TEST_F(RtlCacheTest, SeesThatAnIncludedFileHasChanged) {
  RtlCache cache(this->cache());
  RtlSource including = source(1);
  including.include_dirs = {directory_.string()};
  including.text.replace(including.text.find("+ Step"), 6, "+ `AMOUNT");
  including.text = "`include \"amount.vh\"\n" + including.text;
  std::ofstream(directory_ / "amount.vh") << "`define AMOUNT 2\n";
  EXPECT_EQ(result_of(cache.get(including)), 12);
  std::ofstream(directory_ / "amount.vh") << "`define AMOUNT 3\n";
  EXPECT_EQ(result_of(cache.get(including)), 13);
}

TEST_F(RtlCacheTest, ServesTwoProgramsAtOnce) {
  // Each cache object locks on its own, as a program does.
  std::vector<std::thread> programs;
  std::vector<CompiledRtl> compiled(6);
  for (std::size_t i = 0; i < compiled.size(); ++i) {
    programs.emplace_back([&, i] { compiled[i] = RtlCache(cache()).get(source(int(i) % 2)); });
  }
  for (std::thread& program : programs) program.join();
  for (std::size_t i = 0; i < compiled.size(); ++i)
    EXPECT_EQ(result_of(compiled[i]), 10 + int(i) % 2);
  for (const auto& entry : fs::directory_iterator(directory_ / "cosim")) {
    EXPECT_NE(entry.path().filename().string().rfind("work-", 0), 0u)
        << entry.path() << " was left behind";
  }
}

TEST_F(RtlCacheTest, RemovesWhatADeadProgramHasLeftBehind) {
  const fs::path left = directory_ / "cosim" / "work-999999999-0";
  fs::create_directories(left);
  RtlCache(cache()).get(source(1));
  EXPECT_FALSE(fs::exists(left));
}

TEST_F(RtlCacheTest, AnErrorNamesTheKernelAndShowsVerilatorsMessage) {
  RtlCache cache(this->cache());
  RtlSource broken = source(1);
  broken.text.replace(broken.text.find("+ Step"), 6, "+ Stop");
  const std::string message = message_of(cache, broken);
  EXPECT_NE(message.find("layer.adder"), std::string::npos) << message;
  EXPECT_NE(message.find("Can't find definition of variable: 'Stop'"), std::string::npos)
      << message;
  EXPECT_EQ(message_of(cache, broken), message) << "the message depends on the run";
}

TEST_F(RtlCacheTest, TellsEveryFailureOfSeveralKernelsOnce) {
  RtlCache cache(this->cache());
  RtlSource missing = source(1);
  missing.kernel = "layer.missing";
  missing.top = "nowhere";
  RtlSource broken = source(1);
  broken.text += "endmodule";
  try {
    cache.get_all({source(1), missing, broken, broken}, {});
    FAIL() << "compiled";
  } catch (const RtlError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("layer.missing"), std::string::npos) << text;
    const std::size_t first = text.find("layer.adder: ");
    ASSERT_NE(first, std::string::npos) << text;
    EXPECT_EQ(text.find("layer.adder: ", first + 1), std::string::npos) << "told twice: " << text;
  }
}

TEST_F(RtlCacheTest, ADirectoryThatCannotBeWrittenIsAnError) {
  std::ofstream(directory_ / "file") << "not a directory";
  RtlCache cache((directory_ / "file").string());
  EXPECT_NE(message_of(cache, source(1)).find("file"), std::string::npos);
}

TEST_F(RtlCacheTest, VerilatorMissingIsAnErrorThatSaysWhatToInstall) {
  const char* path = std::getenv("PATH");
  const std::string previous = path == nullptr ? "" : path;
  setenv("PATH", directory_.c_str(), 1);
  RtlCache cache(this->cache());
  const std::string message = message_of(cache, source(1));
  setenv("PATH", previous.c_str(), 1);
  EXPECT_NE(message.find("apt-get install verilator"), std::string::npos) << message;
}

TEST_F(RtlCacheTest, RtlThatEndsItselfAtTheStartIsAnErrorWithItsText) {
  RtlCache cache(this->cache());
  RtlSource ending = source(1);
  ending.text.replace(ending.text.find("  assign"), 0,
                      "  initial if (Step == 1) $fatal(1, \"Step %0d is not even\", Step);\n");
  const CompiledRtl compiled = cache.get(ending);
  try {
    result_of(compiled);
    FAIL() << "started";
  } catch (const RtlError& error) {
    EXPECT_NE(std::string(error.what()).find("Step 1 is not even"), std::string::npos)
        << error.what();
  }
}

TEST_F(RtlCacheTest, ACombinationalLoopEndsWithAnError) {
  RtlCache cache(this->cache());
  RtlSource loop = source(1);
  loop.text.replace(loop.text.find("+ Step"), 6, "+ ring");
  loop.text.replace(loop.text.find("  assign"), 0, "  wire ring = ~ring & rst_n;\n");
  const CompiledRtl compiled = cache.get(loop);
  try {
    result_of(compiled);
    FAIL() << "started";
  } catch (const RtlError& error) {
    EXPECT_NE(std::string(error.what()).find("converge"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace qnnsim::test
