"""Stable-Baselines3 on small environments: A2C, PPO, DQN, DDPG, TD3 and SAC, each for some steps, evaluated and saved."""

import os
import tempfile

import gymnasium as gym
import numpy as np
import torch
from report import show
from stable_baselines3 import A2C, DDPG, DQN, PPO, SAC, TD3
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.noise import NormalActionNoise

small = {"policy_kwargs": {"net_arch": [16]}, "seed": 3, "device": "cpu"}
late = {
    **small,
    "policy_kwargs": {"net_arch": [16]},
    "learning_starts": 50,
    "batch_size": 16,
    "buffer_size": 500,
    "train_freq": 10,
    "gradient_steps": 5,
}
apart = {**late, "policy_kwargs": {"net_arch": [16]}}  # the policy before got its arguments written in


def report(model):
    state = torch.stack([v.double().sum() for v in model.policy.state_dict().values()])
    logged = {k: float(v) for k, v in model.logger.name_to_value.items() if k.startswith("train/")}
    show(type(model).__name__, model.num_timesteps, state, *logged.items())
    observed = model.env.reset()
    show("acts", *model.predict(observed, deterministic=True)[0].ravel().tolist())
    show(
        "evaluated",
        *map(float, evaluate_policy(model, make_vec_env(model.env.get_attr("spec")[0].id, seed=7), 2, warn=False)),
    )


cart = lambda: make_vec_env("CartPole-v1", 2, seed=0)
pendulum = lambda: gym.make("Pendulum-v1", max_episode_steps=30)
report(PPO("MlpPolicy", cart(), n_steps=64, batch_size=32, n_epochs=2, **small).learn(256))
report(A2C("MlpPolicy", cart(), n_steps=8, **small).learn(128))
report(DQN("MlpPolicy", gym.make("CartPole-v1"), **late).learn(150))
report(SAC("MlpPolicy", pendulum(), **late).learn(100))
report(TD3("MlpPolicy", pendulum(), **apart).learn(100))
noise = NormalActionNoise(np.zeros(1), 0.1 * np.ones(1))
report(model := DDPG("MlpPolicy", pendulum(), action_noise=noise, **apart).learn(100))
report(PPO("MlpPolicy", pendulum(), use_sde=True, n_steps=64, batch_size=32, n_epochs=2, **small).learn(64))
with tempfile.TemporaryDirectory() as folder:
    model.save(os.path.join(folder, "model"))
    again = DDPG.load(os.path.join(folder, "model"), device="cpu")
show("again", *[float(v) for v in again.predict(np.ones(3, np.float32), deterministic=True)[0]])
