import { mount } from 'svelte';
import App from './app/App.svelte';
import { savedTheme } from './lib/session.svelte';
import './styles/index.css';

document.documentElement.dataset['theme'] = savedTheme();

const target = document.getElementById('app');
if (target) mount(App, { target });
