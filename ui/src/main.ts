import { mount } from 'svelte';
import App from './App.svelte';
import { rememberedTheme } from './lib/session.svelte';
import './styles/index.css';

if (import.meta.env.MODE === 'fake') (await import('./dev/start')).startFake();

document.documentElement.dataset['theme'] = rememberedTheme();

const target = document.getElementById('app');
if (target) mount(App, { target });
