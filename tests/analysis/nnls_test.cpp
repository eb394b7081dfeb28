// SPDX-License-Identifier: Apache-2.0
#include "analysis/nnls.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <random>

namespace qnnsim::test {
namespace {

TEST(Nnls, ASolutionWithoutNegativePartsIsThatOfLeastSquares) {
  Eigen::MatrixXd a(4, 2);
  a << 1, 0, 0, 1, 1, 1, 2, 1;
  const Eigen::Vector2d x(3, 0.5);
  EXPECT_LT((nnls(a, a * x) - x).norm(), 1e-12);
}

TEST(Nnls, WhatWouldBeNegativeIsZero) {
  // Unconstrained: (2, -1). Without the second column: (1 * 1 + 1 * 2) / 2.
  Eigen::MatrixXd a(2, 2);
  a << 1, 1, 1, 0;
  const Eigen::VectorXd x = nnls(a, Eigen::Vector2d(1, 2));
  EXPECT_DOUBLE_EQ(x(0), 1.5);
  EXPECT_DOUBLE_EQ(x(1), 0);
}

TEST(Nnls, WithoutAnythingToExplainAllIsZero) {
  EXPECT_EQ(nnls(Eigen::MatrixXd::Ones(3, 2), Eigen::Vector3d::Zero()), Eigen::Vector2d::Zero());
  EXPECT_EQ(nnls(Eigen::MatrixXd::Ones(3, 2), -Eigen::Vector3d::Ones()), Eigen::Vector2d::Zero());
}

TEST(Nnls, EqualColumnsShareOneFactor) {
  const Eigen::VectorXd x = nnls(Eigen::MatrixXd::Ones(3, 2), 2 * Eigen::Vector3d::Ones());
  EXPECT_NEAR(x.sum(), 2, 1e-12);
}

TEST(Nnls, NoStepToALegalNeighbourIsBetter) {
  // The conditions of Karush, Kuhn and Tucker: no gain along a column that is in, none upwards
  // along one that is out.
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  for (int round = 0; round < 100; ++round) {
    const Eigen::MatrixXd a = Eigen::MatrixXd::NullaryExpr(12, 6, [&] { return normal(random); });
    const Eigen::VectorXd b = Eigen::VectorXd::NullaryExpr(12, [&] { return normal(random); });
    const Eigen::VectorXd x = nnls(a, b);
    const Eigen::VectorXd gain = a.transpose() * (b - a * x);
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      ASSERT_GE(x(i), 0);
      if (x(i) > 0) {
        ASSERT_NEAR(gain(i), 0, 1e-9) << round;
      } else {
        ASSERT_LE(gain(i), 1e-9) << round;
      }
    }
  }
}

}  // namespace
}  // namespace qnnsim::test
